/** The owner of one platform: leases and rate windows. */
@NullMarked
package dev.switchboard.node.provider;

import org.jspecify.annotations.NullMarked;
