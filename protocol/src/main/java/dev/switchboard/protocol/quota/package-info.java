/** What the owner of an API key's limits is told and asked. */
@NullMarked
package dev.switchboard.protocol.quota;

import org.jspecify.annotations.NullMarked;
