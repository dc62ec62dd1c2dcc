import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.shared.access.LocalDBUtils;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import sun.misc.Unsafe;

/** DynamoDB Local on 127.0.0.1 only: its own command line would listen on every address. Ends with its standard input. */
public class LoopbackDynamoDb {
    public static void main(String[] arguments) throws Exception {
        String pause = System.getProperty("expiry.pause.millis");
        if (pause != null) {
            expireEvery(Long.parseLong(pause));
        }
        DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(arguments);
        var field = DynamoDBProxyServer.class.getDeclaredField("server");
        field.setAccessible(true);
        for (Connector connector : ((Server) field.get(proxy)).getConnectors()) {
            ((ServerConnector) connector).setHost("127.0.0.1");
        }
        proxy.start();
        while (System.in.read() != -1) {}  // until its starter ends, however that happens
        System.exit(0);
    }

    /** It expires 20 items and rests for ten seconds, by a number that nothing sets: too slow for thousands. */
    private static void expireEvery(long millis) throws Exception {
        var own = Unsafe.class.getDeclaredField("theUnsafe");
        own.setAccessible(true);
        Unsafe unsafe = (Unsafe) own.get(null);
        var field = LocalDBUtils.class.getDeclaredField("ITEM_EXPIRY_DELAY_BETWEEN_DELETION");
        field.get(null);
        unsafe.putLong(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), millis);
    }
}
