/** Command line, wiring, start and drain order. */
@NullMarked
package dev.switchboard.node.main;

import org.jspecify.annotations.NullMarked;
