package io.portolan.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;

class CachedStatementsTest {

    @Test
    void preparesAStatementWithNamesOnce() {
        List<PreparedStatement> used = new ArrayList<>();
        Jdbi jdbi = Jdbi.create("jdbc:sqlite::memory:");
        jdbi.setStatementBuilderFactory(connection -> new CachedStatements());
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                used.add(context.getStatement());
            }
        });

        jdbi.useHandle(handle -> {
            for (int i = 0; i < 3; i++) {
                assertThat(handle.createQuery("SELECT :number")
                                .bind("number", i)
                                .mapTo(Integer.class)
                                .one())
                        .isEqualTo(i);
            }
        });

        assertThat(used).hasSize(3).containsOnly(used.get(0));
    }
}
