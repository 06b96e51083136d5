/** The owner of cooldowns, penalties and breaker counts, and each node's replica of them. */
@NullMarked
package dev.switchboard.node.cooldown;

import org.jspecify.annotations.NullMarked;
