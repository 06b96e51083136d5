/** The life of one request; the only place that knows the order of steps. */
@NullMarked
package dev.switchboard.node.turn;

import org.jspecify.annotations.NullMarked;
