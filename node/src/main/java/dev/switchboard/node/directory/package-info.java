/** The owner of platforms, models, keys and settings, and each node's replica of them. */
@NullMarked
package dev.switchboard.node.directory;

import org.jspecify.annotations.NullMarked;
