/** Other dialects of the chat API: their requests as chat requests, chat answers in their words. */
@NullMarked
package dev.switchboard.node.dialect;

import org.jspecify.annotations.NullMarked;
