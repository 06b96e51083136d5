/** What nodes ask of each other for the dashboard. */
@NullMarked
package dev.switchboard.protocol.cluster;

import org.jspecify.annotations.NullMarked;
