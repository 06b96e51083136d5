/** The chat request as callers write it: parsed once, checked, its bytes kept. */
@NullMarked
package dev.switchboard.node.chat;

import org.jspecify.annotations.NullMarked;
