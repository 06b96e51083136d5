/** The validated settings: read once, immutable. */
@NullMarked
package dev.switchboard.node.settings;

import org.jspecify.annotations.NullMarked;
