package io.portolan.gateway.ledger;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Keeps the prepared statements of one connection: the ledger has a few dozen of them, and to prepare one costs more
 * than to run it. Owned by whoever has the connection.
 */
final class CachedStatements implements StatementBuilder {

    private final Map<String, PreparedStatement> idle = new HashMap<>();
    private final IdentityHashMap<Statement, String> prepared = new IdentityHashMap<>();
    private final Map<String, PreparedStatement> kept = new HashMap<>();

    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        return connection.createStatement();
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        PreparedStatement statement = idle.remove(sql);
        if (statement != null) {
            return statement;
        }
        PreparedStatement made = connection.prepareStatement(sql);
        prepared.put(made, sql);
        return made;
    }

    /** For {@link Prepared}: open as long as the connection is. */
    PreparedStatement kept(Connection connection, String sql) throws SQLException {
        PreparedStatement known = kept.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            kept.put(sql, known);
        }
        return known;
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        return connection.prepareCall(sql);
    }

    /** @param sql as it was written, with names; what was prepared has question marks for them, hence our own account */
    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        String key = prepared.get(statement);
        if (key == null || idle.containsKey(key)) {
            prepared.remove(statement);
            statement.close();
        } else if (statement instanceof PreparedStatement reusable) {
            reusable.clearParameters();
            idle.put(key, reusable);
        }
    }
}
