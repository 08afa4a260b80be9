import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Follows one dossier, as somebody outside would who has intake's AsyncAPI document and nothing else of ours. It takes the address,
 * the messages, and which fields must be there from the document, and the rules of reading from its description.
 *
 * Arguments: the document, the broker, the lane, the dossier's id. It reads to the end of the topic as it is now, and prints a line
 * for each fact: number, type, status, code. What is missing or wrong by the document is an error.
 */
public final class DossierFollower {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHANNEL = "intake.dossiers";

    private final JsonNode document;
    private final Map<String, Long> highest = new HashMap<>();
    private final TreeMap<Long, String> early = new TreeMap<>();
    private final String dossier;

    private DossierFollower(JsonNode document, String dossier) {
        this.document = document;
        this.dossier = dossier;
    }

    public static void main(String[] arguments) throws Exception {
        JsonNode document = JSON.readTree(new File(arguments[0]));
        String address = document.at("/channels/" + CHANNEL + "/address").asText().replace("{lane}", arguments[2]);
        Properties settings = new Properties();
        settings.put("bootstrap.servers", arguments[1]);
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "none");
        settings.put("enable.auto.commit", "false");
        DossierFollower follower = new DossierFollower(document, arguments[3]);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(address).stream().map(each -> new TopicPartition(address, each.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    follower.read(record);
                }
            }
        }
        if (!follower.early.isEmpty()) {
            throw new IllegalStateException("a fact is missing before " + follower.early.firstKey());
        }
    }

    private void read(ConsumerRecord<String, byte[]> record) throws Exception {
        String kind = header(record, "ce_type");
        if (!document.at("/channels/" + CHANNEL + "/messages").has(kind) && isOurs(record)) {
            accept(record, "passed over");
        } else if (isOurs(record)) {
            JsonNode data = JSON.readTree(record.value());
            for (JsonNode name : document.at("/components/schemas/" + kind + "/required")) {
                if (!data.has(name.asText())) {
                    throw new IllegalStateException(kind + " has no " + name.asText());
                }
            }
            accept(record, data.path("status").asText() + " " + data.path("code").asText("-"));
        }
    }

    private boolean isOurs(ConsumerRecord<String, byte[]> record) {
        return dossier.equals(record.key()) && dossier.equals(header(record, "ce_subject"));
    }

    /** In order of the numbers of its publisher, each once. */
    private void accept(ConsumerRecord<String, byte[]> record, String said) {
        String source = header(record, "ce_source");
        long number = Long.parseLong(header(record, "ce_sequence"));
        if (number <= highest.getOrDefault(source, 0L)) {
            return;
        }
        early.put(number, number + " " + header(record, "ce_type") + " " + said);
        while (early.containsKey(highest.getOrDefault(source, 0L) + 1)) {
            long next = highest.merge(source, 1L, Long::sum);
            System.out.println(early.remove(next));
        }
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null) {
            throw new IllegalStateException("no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
