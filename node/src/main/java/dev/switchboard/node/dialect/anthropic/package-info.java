/** Anthropic's Messages dialect. */
@NullMarked
package dev.switchboard.node.dialect.anthropic;

import org.jspecify.annotations.NullMarked;
