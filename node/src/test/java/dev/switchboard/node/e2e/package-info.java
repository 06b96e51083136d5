/** Tests that drive the packaged node as a user would: a process, its command line, HTTP and the official SDKs. */
@NullMarked
package dev.switchboard.node.e2e;

import org.jspecify.annotations.NullMarked;
