/** Encryption and masking of provider keys. */
@NullMarked
package dev.switchboard.node.vault;

import org.jspecify.annotations.NullMarked;
