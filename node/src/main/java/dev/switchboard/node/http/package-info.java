/** The HTTP border: routes, authentication, errors as JSON. */
@NullMarked
package dev.switchboard.node.http;

import org.jspecify.annotations.NullMarked;
