/** What the statistics room takes in and gives out. */
@NullMarked
package dev.switchboard.protocol.statistics;

import org.jspecify.annotations.NullMarked;
