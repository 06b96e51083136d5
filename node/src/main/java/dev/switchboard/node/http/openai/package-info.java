/** The OpenAI dialect: chat completions and models. */
@NullMarked
package dev.switchboard.node.http.openai;

import org.jspecify.annotations.NullMarked;
