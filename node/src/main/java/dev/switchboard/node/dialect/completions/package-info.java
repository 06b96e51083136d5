/** OpenAI's older completions dialect. */
@NullMarked
package dev.switchboard.node.dialect.completions;

import org.jspecify.annotations.NullMarked;
