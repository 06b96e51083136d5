/** The owner of one session: pin, bans, traces. */
@NullMarked
package dev.switchboard.node.session;

import org.jspecify.annotations.NullMarked;
