using Akka.Configuration;
using Newtonsoft.Json;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Tests.Support;
using Serilog;

namespace R1Reward.Cli.Tests;

/// <summary>The files in hocon/ are the manual: each loads, and each key of reference.conf does something.</summary>
public sealed class ConfigurationFilesTests
{
    private const string LossOptions = "r1reward.rl.losses.";

    // Paths and secrets that the file leaves to the machines it is meant for.
    private static readonly Dictionary<string, string[]> Elsewhere = new()
    {
        ["cluster/nodes.conf"] = ["r1reward.node.bulk.key-env"],
        ["cluster/host-a.conf"] = ["r1reward.node.bulk.key-env"],
        ["cluster/host-b.conf"] = ["r1reward.node.bulk.key-env"],
        ["cluster/host-c.conf"] = ["r1reward.node.bulk.key-env"],
        ["cluster/run.conf"] = ["r1reward.model.path", "r1reward.data.train", "r1reward.node.bulk.key-env"],
        ["cluster/run-7b.conf"] = ["r1reward.model.path", "r1reward.data.train", "r1reward.node.bulk.key-env"],
        ["audio-srm.conf"] = ["r1reward.data.train", "r1reward.model.path"],
        ["vl-rewardbench.conf"] = ["r1reward.data.train"],
        ["video-srm.conf"] = ["r1reward.data.train", "r1reward.model.path"],
        ["curriculum-sft.conf"] = ["r1reward.data.train", "r1reward.data.heldout"],
        ["curriculum-rl.conf"] = ["r1reward.data.train", "r1reward.data.heldout", "r1reward.model.path"],
    };

    private static string Hocon => Path.Combine(Fixtures.Repository, "hocon");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Hocon, "*.conf", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Hocon, file))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_configuration_file_is_right_but_for_what_is_elsewhere(string file)
    {
        var read = Read(Path.Combine(Hocon, file));

        var allowed = Elsewhere.GetValueOrDefault(file, []);
        Assert.All(
            read.Errors, error => Assert.Contains(allowed, key => error.Contains(key, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_key_of_the_reference_changes_a_setting()
    {
        var defaults = Read(null);
        Assert.Empty(defaults.Errors);

        var unread = Configurations.Keys
            .Where(key => key.StartsWith("r1reward.", StringComparison.Ordinal))
            .Where(key => !Changes(key));

        Assert.True(unread.ToList() is [], string.Join(Environment.NewLine, unread));
    }

    private static bool Changes(string key)
    {
        // Options of a loss, of an adapter and of a server are read when there is one.
        string[] chosen = key.StartsWith(
            LossOptions, StringComparison.Ordinal) ? [$"r1reward.rl.loss={key[LossOptions.Length..].Split('.')[0]}"]
            : key.StartsWith("r1reward.model.lora.", StringComparison.Ordinal) ? ["r1reward.model.lora.enabled=on"]
            : key.StartsWith("r1reward.node.http.host", StringComparison.Ordinal) ? ["r1reward.node.http.port=0"]
            : [];
        var changed = Read(null, [.. chosen, $"{key}=x-{key}"]);
        return changed.Settings != Read(null, chosen).Settings
            || changed.Errors.Any(error => error.Contains(key, StringComparison.Ordinal));
    }

    private static (string Settings, string[] Errors) Read(string? file, params string[] overrides)
    {
        var effective = Configurations.Load(file, overrides, _ => null);
        var reader = effective.Reader();
        try
        {
            var settings = RunSettings.Read(reader);
            var node = NodeSettings.Read(reader, effective.Config) with { Config = Config.Empty };
            Logging.Start(reader, settings.Name, file: null);
            return ($"{settings} {node} {JsonConvert.SerializeObject((settings.Model.Lora, settings.Srm))}", []);
        }
        catch (UserErrorException wrong)
        {
            return ("", wrong.Message.Split('\n'));
        }
        finally
        {
            Log.CloseAndFlush();
        }
    }
}
