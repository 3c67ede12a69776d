package io.portolan.sandbox;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hibernate.cfg.AvailableSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * HAPI FHIR's JPA server, R4, over H2, served by Jetty at {@code http://127.0.0.1:PORT/fhir}.
 *
 * <p>HAPI's defaults stand, so that a client meets here what it meets elsewhere; the few settings that differ say why.
 */
final class FhirServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String PATH = "/fhir";
    private static final int DATABASE_CONNECTIONS_MAX = 32;

    private final Server jetty;
    private final ServerConnector connector;
    private final BasicDataSource database;
    private final AnnotationConfigApplicationContext spring;

    private FhirServer(Server jetty, ServerConnector connector, BasicDataSource database) {
        this.jetty = jetty;
        this.connector = connector;
        this.database = database;
        this.spring = new AnnotationConfigApplicationContext();
        // HAPI's own beans refer to each other in circles
        spring.setAllowCircularReferences(true);
        spring.registerBean("dataSource", DataSource.class, () -> database);
        spring.register(Beans.class);
    }

    /**
     * Takes the port and the database, which fail at once if they fail; requests wait until {@link #start}.
     *
     * @param port TCP port, 0 for any free one
     * @param data folder of the database; null: in memory
     * @throws IOException when the port is taken or the database cannot be opened, with a message for the user
     */
    static FhirServer bind(int port, @Nullable Path data) throws IOException {
        Server jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost(HOST);
        connector.setPort(port);
        try {
            connector.open();
        } catch (IOException e) {
            throw new IOException("Port " + port + " of " + HOST + " is taken. Choose another one with --port.", e);
        }
        jetty.addConnector(connector);
        return new FhirServer(jetty, connector, open(data));
    }

    private static BasicDataSource open(@Nullable Path data) throws IOException {
        BasicDataSource database = new BasicDataSource();
        // closed by close(), not by a shutdown hook of H2's that runs beside it
        database.setUrl(
                data == null
                        ? "jdbc:h2:mem:fhir;DB_CLOSE_DELAY=-1"
                        : "jdbc:h2:file:" + data.resolve("fhir") + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
        database.setUsername("sa");
        database.setMaxTotal(DATABASE_CONNECTIONS_MAX);
        try {
            if (data != null) {
                Files.createDirectories(data);
            }
            database.getConnection().close();
            return database;
        } catch (IOException | SQLException e) {
            throw new IOException("Cannot open the database in " + data + ": " + e.getMessage(), e);
        }
    }

    /** Takes 10 to 20 seconds on two cores; requests are answered afterwards. */
    void start() throws Exception {
        spring.refresh();
        ServletContextHandler context = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(servlet());
        // now rather than at the first request: ready means ready
        holder.setInitOrder(0);
        context.addServlet(holder, PATH + "/*");
        jetty.setHandler(context);
        jetty.start();
    }

    private RestfulServer servlet() {
        RestfulServer servlet = new RestfulServer(spring.getBean(FhirContext.class));
        servlet.registerProviders(spring.getBean("myResourceProvidersR4", ResourceProviderFactory.class)
                .createProviders());
        servlet.registerProvider(spring.getBean("mySystemProviderR4"));
        servlet.setPagingProvider(spring.getBean(DatabaseBackedPagingProvider.class));
        servlet.setDefaultResponseEncoding(EncodingEnum.JSON);
        JpaCapabilityStatementProvider capabilities = new JpaCapabilityStatementProvider(
                servlet,
                spring.getBean(IFhirSystemDao.class),
                spring.getBean(JpaStorageSettings.class),
                spring.getBean(ISearchParamRegistry.class),
                spring.getBean(IValidationSupport.class));
        capabilities.setImplementationDescription("Portolan sandbox");
        servlet.setServerConformanceProvider(capabilities);
        return servlet;
    }

    /** Where the server answers, e.g. {@code http://127.0.0.1:8080/fhir}. */
    String baseUrl() {
        return "http://" + HOST + ":" + connector.getLocalPort() + PATH;
    }

    /** Takes no more requests, then closes the database. */
    @Override
    public void close() {
        try (database;
                spring) {
            jetty.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The FHIR server did not stop", e);
        }
    }

    @Configuration
    @Import({
        JpaR4Config.class,
        HapiJpaConfig.class,
        ThreadPoolFactoryConfig.class,
        SubscriptionChannelConfig.class,
        SubscriptionSubmitterConfig.class,
        JpaBatch2Config.class,
        Batch2JobsConfig.class
    })
    static class Beans {
        @Bean
        JpaStorageSettings storageSettings() {
            JpaStorageSettings settings = new JpaStorageSettings();
            // otherwise a search may answer what was true a minute ago
            settings.setReuseCachedSearchResultsForMillis(null);
            // no terminology, no bulk jobs: nothing that would have to run on a schedule
            settings.setSchedulingDisabled(true);
            settings.setEnableTaskPreExpandValueSets(false);
            return settings;
        }

        @Bean
        PartitionSettings partitionSettings() {
            return new PartitionSettings();
        }

        @Bean
        SubscriptionSettings subscriptionSettings() {
            return new SubscriptionSettings();
        }

        @Bean
        LocalContainerEntityManagerFactoryBean entityManagerFactory(
                ConfigurableListableBeanFactory beans,
                FhirContext fhir,
                JpaStorageSettings settings,
                DataSource database) {
            Properties hibernate = new Properties();
            hibernate.setProperty(AvailableSettings.DIALECT, HapiFhirH2Dialect.class.getName());
            // creates what is missing: all of it at first, nothing when --data names a folder used before
            hibernate.setProperty(AvailableSettings.HBM2DDL_AUTO, "update");
            hibernate.setProperty("hibernate.search.enabled", "false");
            LocalContainerEntityManagerFactoryBean factory =
                    HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
            factory.setPersistenceUnitName("fhir");
            factory.setDataSource(database);
            factory.setJpaProperties(hibernate);
            return factory;
        }

        @Bean
        JpaTransactionManager transactionManager(EntityManagerFactory entityManagerFactory) {
            return new JpaTransactionManager(entityManagerFactory);
        }
    }
}
