using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;

namespace R1Reward.Actors.Tests.Configuration;

public sealed class EngineCheckTests
{
    [Theory]
    [InlineData("remote.dot-netty.tcp.port = 70000", "write a whole number from 0 to 65535")]
    [InlineData("remote.dot-netty.tcp.port = http", "write a whole number from 0 to 65535")]
    [InlineData("remote.dot-netty.tcp.public-port = -1", "write a whole number from 0 to 65535")]
    [InlineData("remote.dot-netty.tcp.maximum-frame-size = 4 megs", "write a size with a unit (b, KiB, MiB)")]
    [InlineData("remote.dot-netty.tcp.maximum-frame-size = -4MiB", "write a size with a unit")]
    [InlineData("remote.dot-netty.tcp.send-buffer-size = 0b", "write a size with a unit")]
    [InlineData("remote.dot-netty.tcp.receive-buffer-size = 99999999999999999999GiB", "write a size with a unit")]
    [InlineData("remote.log-frame-size-exceeding = large", "(b, KiB, MiB), for example 4MiB, or off")]
    [InlineData("remote.log-remote-lifecycle-events = DEBUG", "write on or off")]
    [InlineData("cluster.gossip-interval = 200 blinks", "write a duration with a unit (ms, s, m, h)")]
    [InlineData("cluster.gossip-interval = -1 s", "write a duration with a unit")]
    [InlineData("cluster.gossip-interval = 0 s", "for example 10 s; above zero")]
    [InlineData("cluster.seed-node-timeout = infinite", "write a duration with a unit")]
    [InlineData("cluster.failure-detector.acceptable-heartbeat-pause = soon", "write a duration with a unit")]
    [InlineData("cluster.failure-detector.threshold = high", "write a number, 0 or more")]
    [InlineData("cluster.min-nr-of-members = 0", "write a whole number, 1 or more")]
    [InlineData("cluster.min-nr-of-members = 1.5", "write a whole number, 1 or more")]
    [InlineData("cluster.log-info = maybe", "write on or off")]
    [InlineData("remote.dot-netty.tcp.enable-ssl = \"\"", "write on or off")]
    [InlineData("stdout-loglevel = LOUD", "write OFF, ERROR, WARNING, INFO or DEBUG")]
    [InlineData("cluster.split-brain-resolver.active-strategy = keep-all", "write keep-majority or static-quorum")]
    [InlineData("cluster.seed-nodes = \"akka.tcp://r1reward@10.0.0.1:4053\"", "write a list")]
    [InlineData("actor.provider = local", "write cluster")]
    [InlineData("loglevel = DEBUG", "this has no effect; write r1reward.log.console or r1reward.log.file")]
    [InlineData("cluster.roles = [worker]", "this has no effect; write r1reward.node.roles")]
    [InlineData("remote.dot-netty.tcp.ssl.certificate.password = secret", "write r1reward.node.tls.password-file")]
    [InlineData("remote.dot-netty.tcp.ssl.suppress-validation = on", "this has no effect; leave it out: both sides")]
    public void A_value_that_the_engine_cannot_mean_is_refused_with_its_place(string line, string remedy)
    {
        var key = "akka." + line.Split(' ')[0];

        var message = Mistake($"\n  akka.{line}\n");

        Assert.StartsWith($"t.conf:2:3: {key} = ", message);
        Assert.Contains(remedy, message);
    }

    [Theory]
    [InlineData("remote.log-frame-size-exceeding = off")]
    [InlineData("remote.dot-netty.tcp.maximum-frame-size = 4000000b")]
    [InlineData("remote.dot-netty.tcp.write-buffer-high-water-mark = 0b")]
    [InlineData("remote.dot-netty.tcp.tcp-reuse-addr = off-for-windows")]
    [InlineData("remote.dot-netty.tcp.batching.enabled = false")]
    [InlineData("cluster.allow-weakly-up-members = on")]
    [InlineData("cluster.down-removal-margin = 0 s")]
    [InlineData("cluster.split-brain-resolver.down-all-when-unstable = 10 seconds")]
    [InlineData("cluster.split-brain-resolver.static-quorum.quorum-size = 2")]
    [InlineData("cluster.failure-detector.threshold = 8")]
    [InlineData("log-dead-letters = off")]
    [InlineData("actor.ask-timeout = 10 s")]
    [InlineData("scheduler.tick-duration = 10ms")]
    [InlineData("actor.default-dispatcher.fork-join-executor.parallelism-factor = 1.5")]
    [InlineData("actor.my-dispatcher { type = PinnedDispatcher, throughput-of-mine = 3 }")]
    [InlineData("cluster.r1reward-dispatcher { dedicated-thread-pool { thread-count = 4, deadlock-timeout = 3 s } }")]
    [InlineData("actor.deployment { \"/a/b\" { router = round-robin-pool, anything = 3 } }")]
    [InlineData("actor.serializers { mine = \"My.Serializer, My\" }")]
    [InlineData("cluster.role { worker.min-nr-of-members = 2 }")]
    [InlineData("cluster.sharding { number-of-shards = 100 }")]
    [InlineData("management { http.port = 8558 }")]
    [InlineData("remote.own.tcp { transport-class = \"Own.Transport, Own\", anything = 3 }")]
    [InlineData("persistence.journal.plugin = mine")]
    [InlineData("coordinated-shutdown.phases.service-stop.timeout = 20 s")]
    public void What_the_engine_or_an_extension_reads_is_accepted(string line) => Read($"akka.{line}");

    [Theory]
    [InlineData("remote.dot-netty.tcp.prot = 1", "akka.remote.dot-netty.tcp.port")]
    [InlineData("remote.dot-netty.tpc.port = 1", "akka.remote.dot-netty.tcp.port")]
    [InlineData("remote.dot-nety.tcp.port = 1", "akka.remote.dot-netty.tcp.port")]
    [InlineData("clutser.seed-nodes = []", "akka.cluster.seed-nodes")]
    [InlineData("cluster.seed-node = []", "akka.cluster.seed-nodes")]
    [InlineData("cluster.failure-detecter.threshold = 9", "akka.cluster.failure-detector.threshold")]
    [InlineData("log-level = DEBUG", "akka.loglevel")]
    [InlineData("remote.prot = 1", "akka.remote.dot-netty.tcp.port")]
    [InlineData("remote.helios.tcp.port = 8081", "akka.remote.dot-netty.tcp.port")]
    public void A_misspelt_key_is_named_with_the_nearest_one(string line, string nearest) => Assert.Equal(
        $"t.conf:1:1: akka.{line.Split(' ')[0]}: unknown key. Did you mean {nearest}?", Mistake($"akka.{line}"));

    [Theory]
    [InlineData("akka.remote = on", "akka.remote: a block of keys, not a key. Write for example akka.remote.")]
    [InlineData("akka = on", "akka: a block of keys, not a key. Write for example akka.")]
    [InlineData("r1reward.rl = 3", "r1reward.rl: a block of keys, not a key. Write for example r1reward.rl.steps")]
    public void A_value_in_place_of_a_block_is_told(string text, string expected) =>
        Assert.StartsWith($"t.conf:1:1: {expected}", Mistake(text));

    [Fact]
    public void Very_many_keys_of_the_engine_take_little_time()
    {
        var began = TimeProvider.System.GetTimestamp();

        Mistake(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"akka.remote.k{i} = 1\n")));

        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("[]", "one at least")]
    [InlineData("[[judge]]", "write a list")]
    [InlineData("[coordinator, lerner]", "did you mean learner for lerner?")]
    [InlineData("[judge, judge]", "none twice")]
    public void Roles_that_are_none_are_told_with_the_nearest_one(string roles, string expected) =>
        Assert.Contains(expected, Mistake($"r1reward.node.roles = {roles}"));

    [Fact]
    public void Weights_for_other_machines_want_a_key_which_is_told_with_the_place() => Assert.StartsWith(
        "t.conf:1:1: r1reward.node.bulk.host = 10.0.0.1: other machines could read the weights",
        Mistake("r1reward.node.bulk.host = 10.0.0.1"));

    [Fact]
    public void One_port_for_two_servers_is_told() => Assert.StartsWith(
        "t.conf:1:1: r1reward.node.bulk.port = 4053: akka.remote.dot-netty.tcp.port is the same",
        Mistake("r1reward.node.bulk.port = 4053, akka.remote.dot-netty.tcp.port = 4053"));

    private static string Mistake(string text) => Assert.Throws<UserErrorException>(() => Read(text)).Message;

    private static void Read(string text)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "t.conf");
            File.WriteAllText(path, text);
            var configuration = Configurations.Load(path, [], _ => null);
            var reader = configuration.Reader();
            NodeSettings.Read(reader, configuration.Config);
            reader.ThrowIfWrong();
        }
        catch (UserErrorException wrong)
        {
            throw new UserErrorException(
                wrong.Message.Replace(folder.FullName + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
