/** The owner of one API key's limits: what its requests used, in the whole cluster. */
@NullMarked
package dev.switchboard.node.quota;

import org.jspecify.annotations.NullMarked;
