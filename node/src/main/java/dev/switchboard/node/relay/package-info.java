/** Stream stages between upstream and client. */
@NullMarked
package dev.switchboard.node.relay;

import org.jspecify.annotations.NullMarked;
