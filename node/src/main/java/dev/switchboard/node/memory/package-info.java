/** Responses that later requests build on: cluster-wide, for a while. */
@NullMarked
package dev.switchboard.node.memory;

import org.jspecify.annotations.NullMarked;
