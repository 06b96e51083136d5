/** The whole state of a cluster as one encrypted file, and back. */
@NullMarked
package dev.switchboard.node.backup;

import org.jspecify.annotations.NullMarked;
