/** The health of provider keys: checks on a schedule and on demand, and what live traffic shows (behaviour.md §9). */
@NullMarked
package dev.switchboard.node.health;

import org.jspecify.annotations.NullMarked;
