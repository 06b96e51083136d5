/** Messages that other owners send to a running turn. */
@NullMarked
package dev.switchboard.protocol.turn;

import org.jspecify.annotations.NullMarked;
