/** OpenAI's Responses dialect. */
@NullMarked
package dev.switchboard.node.dialect.responses;

import org.jspecify.annotations.NullMarked;
