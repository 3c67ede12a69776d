/**
 * The running service: ledger, receiver, publisher, and what they share.
 *
 * <p>{@code receive} and {@code publish} never see each other; they meet in the {@code ledger}.
 */
@NullMarked
package io.portolan.gateway;

import org.jspecify.annotations.NullMarked;
