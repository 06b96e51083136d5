/** The API of the dashboard and operators (contract.md §4). */
@NullMarked
package dev.switchboard.node.http.admin;

import org.jspecify.annotations.NullMarked;
