/** The protocol of the directory owner and the snapshot every node routes by. */
@NullMarked
package dev.switchboard.protocol.directory;

import org.jspecify.annotations.NullMarked;
