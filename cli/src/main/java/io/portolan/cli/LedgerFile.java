package io.portolan.cli;

import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.LedgerPlace;
import io.portolan.gateway.ledger.LedgerStatus;
import java.nio.file.Files;

/** The ledger of a configuration, for commands beside a running gateway or without one. */
record LedgerFile(LedgerPlace place, String fingerprint) {

    /** @throws UsageException there is none; says what to do */
    static LedgerFile of(ConfigOptions options) throws ConfigException, UsageException {
        GatewayConfig config = options.load();
        LedgerPlace place = config.ledger().place();
        if (place.file().isPresent() && !Files.exists(place.file().get())) {
            throw new UsageException(
                    "there is no ledger " + place
                            + "; portolan serve makes it. Give the configuration that serve was given: -c FILE, or --set ledger.url");
        }
        return new LedgerFile(place, config.fingerprint());
    }

    /** A ledger that cannot be read says nothing about studies, so it is not exit code 1. */
    LedgerStatus read() throws UsageException {
        try {
            return LedgerStatus.read(place);
        } catch (LedgerException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** The caller's to close. */
    Ledger open() throws UsageException {
        try {
            return Ledger.openBeside(place, fingerprint);
        } catch (LedgerException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
