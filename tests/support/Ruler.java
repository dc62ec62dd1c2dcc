import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/** AWS's matcher: by lines of JSON with a pattern and events, for each event whether it matches, or why AWS refuses the pattern. */
public class Ruler {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper json = new ObjectMapper();
        Map<String, Machine> machines = new HashMap<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            JsonNode asked = json.readTree(line);
            String pattern = asked.get("pattern").asText();
            String refused = JsonRuleCompiler.check(pattern);
            if (refused != null) {
                System.out.println(json.writeValueAsString(Map.of("refused", refused)));
                continue;
            }
            Machine machine = machines.get(pattern);
            if (machine == null) {
                machine = new Machine();
                machine.addRule("rule", pattern);
                machines.put(pattern, machine);
            }
            StringBuilder found = new StringBuilder();
            for (JsonNode event : asked.get("events")) {
                found.append(machine.rulesForJSONEvent(event.toString()).isEmpty() ? '0' : '1');
            }
            System.out.println(json.writeValueAsString(Map.of("matched", found.toString())));
        }
    }
}
