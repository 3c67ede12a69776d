package io.portolan.gateway;

import io.portolan.dicom.Uid;
import io.portolan.gateway.http.ParkedStudies;
import io.portolan.gateway.ledger.Ledger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The parked studies of a ledger, for the pages, which know of no ledger. */
record ParkedInLedger(Ledger ledger) implements ParkedStudies {

    @Override
    public List<Parked> list() {
        return ledger.parked().stream()
                .map(one -> new Parked(
                        one.study().value(), one.category().name(), one.attempts(), one.instances(), one.lastArrival()))
                .toList();
    }

    @Override
    public int replay(List<String> studies) {
        if (!studies.stream().allMatch(Uid::isValid)) {
            throw new IllegalArgumentException("studies must be UIDs: digits and points, 64 characters at most");
        }
        return ledger.replays().replay(studies.stream().map(Uid::new).toList());
    }

    @Override
    public int replayAll() {
        return ledger.replays().replayParked(Optional.empty());
    }

    @Override
    public int replay(String category) {
        Optional<Category> known = Arrays.stream(Category.values())
                .filter(one -> one.name().equals(category))
                .findFirst();
        if (known.isEmpty()) {
            throw new IllegalArgumentException("category must be one of " + List.of(Category.values()));
        }
        return ledger.replays().replayParked(known);
    }
}
