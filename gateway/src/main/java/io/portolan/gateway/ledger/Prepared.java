package io.portolan.gateway.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * A statement that runs for every instance, on the connection itself and prepared once for it: by Jdbi it costs several times
 * what it costs the database. Parameters are bound in their order.
 */
final class Prepared {

    private final PreparedStatement statement;
    private int bound;

    private Prepared(PreparedStatement statement) {
        this.statement = statement;
    }

    /** What JDBC threw, as Jdbi would have: {@link Database#failure} looks at the cause alone. */
    private static final class Failed extends JdbiException {

        private static final long serialVersionUID = 1;

        Failed(SQLException cause) {
            super(cause);
        }
    }

    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    static Prepared of(Handle handle, String sql) {
        CachedStatements statements = (CachedStatements) handle.getStatementBuilder();
        try {
            return new Prepared(statements.kept(handle.getConnection(), sql));
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }

    Prepared bind(@Nullable Long value) {
        try {
            bound++;
            if (value == null) {
                statement.setNull(bound, Types.BIGINT);
            } else {
                statement.setLong(bound, value);
            }
            return this;
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }

    Prepared bind(boolean value) {
        return bind(value ? 1L : 0L);
    }

    Prepared bind(@Nullable String value) {
        try {
            statement.setString(++bound, value);
            return this;
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }

    /** The first row, if there is one. */
    <T> Optional<T> first(Row<T> row) {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(row.of(rows)) : Optional.empty();
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }

    <T> List<T> all(Row<T> row) {
        try (ResultSet rows = statement.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(row.of(rows));
            }
            return all;
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }

    void execute() {
        try {
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }
}
