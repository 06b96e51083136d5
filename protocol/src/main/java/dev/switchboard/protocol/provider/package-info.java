/** The protocol of the provider owner: leases and rate windows. */
@NullMarked
package dev.switchboard.protocol.provider;

import org.jspecify.annotations.NullMarked;
