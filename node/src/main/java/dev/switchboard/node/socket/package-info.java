/** Sockets on Netty's event loops: what clients' connections and those to providers run on. */
@NullMarked
package dev.switchboard.node.socket;

import org.jspecify.annotations.NullMarked;
