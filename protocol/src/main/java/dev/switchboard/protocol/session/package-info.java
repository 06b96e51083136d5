/** The protocol of the session owner. */
@NullMarked
package dev.switchboard.protocol.session;

import org.jspecify.annotations.NullMarked;
