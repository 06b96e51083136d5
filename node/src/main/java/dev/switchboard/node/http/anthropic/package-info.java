/** The Anthropic dialect: messages, token counts, and the model list in that shape. */
@NullMarked
package dev.switchboard.node.http.anthropic;

import org.jspecify.annotations.NullMarked;
