/** Netty's event loops, which connections and what serves requests run on, and clients' connections as streams of bytes. */
@NullMarked
package dev.switchboard.node.socket;

import org.jspecify.annotations.NullMarked;
