/** The way to the owners that sharding places. */
@NullMarked
package dev.switchboard.node.sharding;

import org.jspecify.annotations.NullMarked;
