/** Domain values: what the rooms talk about. */
@NullMarked
package dev.switchboard.protocol.domain;

import org.jspecify.annotations.NullMarked;
