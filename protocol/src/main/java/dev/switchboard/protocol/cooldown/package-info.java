/** The protocol of the cooldown owner and the snapshot every node reads. */
@NullMarked
package dev.switchboard.protocol.cooldown;

import org.jspecify.annotations.NullMarked;
