/** The server-sent events codec. */
@NullMarked
package dev.switchboard.node.relay.sse;

import org.jspecify.annotations.NullMarked;
