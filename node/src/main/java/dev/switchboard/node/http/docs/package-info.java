/** The description of {@code /v1}, for programs and for people. */
@NullMarked
package dev.switchboard.node.http.docs;

import org.jspecify.annotations.NullMarked;
