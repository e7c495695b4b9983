using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

/// <summary>What users get wrong ends with exit code 2 and one line: where, what, and what to do.</summary>
public sealed class UserMistakeTests : IDisposable
{
    private const string Pair = """{"question":"q","response1":"a","response2":"b"}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("r1reward.judge.endpoints = [http://127.0.0.1:1/v1]",
        ":1:33: ':' stands in a text without quotes", "Put the text in quotes")]
    [InlineData("r1reward {\n  rl.stepz = 3\n}", ":2:3: r1reward.rl.stepz: unknown key",
        "Did you mean r1reward.rl.steps?")]
    [InlineData("\nr1reward.rl.clip-eps = wide", ":2:1: r1reward.rl.clip-eps = wide", "write a number")]
    [InlineData("r1reward.rollout.device = \"gpu0\"", ":1:1: r1reward.rollout.device = gpu0", "cuda:N")]
    [InlineData("r1reward.model.path = \"nowhere\"", ":1:1: r1reward.model.path", "name a Hugging Face model folder")]
    [InlineData("r1reward.data { source = file\n train = \"none.jsonl\" }", ":2:2: r1reward.data.train",
        "no such file")]
    [InlineData("r1reward.judge.endpoints = \"http://127.0.0.1:1/v1\"", ":1:1: r1reward.judge.endpoints",
        "write a list")]
    [InlineData("r1reward.rl.train-batch-size = 100", ":1:1: r1reward.rl.train-batch-size = 100", "write a divisor")]
    [InlineData("r1reward.node.bulk.key-env = R1_NO_SUCH_VARIABLE", ":1:1: r1reward.node.bulk.key-env", "set it")]
    [InlineData("r1reward.rewards.terms = [ { type = formt } ]", ":1:1: r1reward.rewards.terms[0] (formt): ",
        "no such type of term; write one of r1, format")]
    [InlineData("akka.remote.dot-netty.tcp.prot = 1", ":1:1: akka.remote.dot-netty.tcp.prot: unknown key",
        "Did you mean akka.remote.dot-netty.tcp.port?")]
    [InlineData("r1reward.log.file = loud", ":1:1: r1reward.log.file = loud", "write one of verbose")]
    [InlineData("akka.cluster.gossip-interval = often", ":1:1: akka.cluster.gossip-interval = often",
        "for example 10 s")]
    [InlineData("include \"missing.conf\"", "missing.conf: no such file", "include")]
    public async Task A_broken_configuration_is_one_line_with_place_and_remedy(string text, string place, string remedy)
    {
        var path = Write("broken.conf", text);

        foreach (string[] command in (string[][])[["train"], ["config", "show"]])
        {
            var line = (await Invocation.RunAsync([.. command, "--config", path])).Mistake();

            Assert.Contains(_folder.Path, line);
            Assert.Contains(place, line);
            Assert.Contains(remedy, line);
        }
    }

    [Fact]
    public async Task A_missing_configuration_is_named() =>
        Assert.StartsWith(
            "no-such.conf: no such configuration file",
            (await Invocation.RunAsync("train", "--config", "no-such.conf")).Mistake());

    [Fact]
    public async Task Weights_are_not_served_to_the_network_without_a_key()
    {
        var path = Write(
            "open.conf",
            "r1reward { node.bulk.host = \"0.0.0.0\", log.console = error, run.folder = \"" + _folder.Path + "\" }");

        var line = (await Invocation.RunAsync("node", "--config", path)).Mistake();

        Assert.Contains("r1reward.node.bulk.host = 0.0.0.0", line);
        Assert.Contains("key-env", line);
    }

    [Fact]
    public async Task The_judge_is_not_served_to_the_network_without_a_key() =>
        Assert.Contains(
            "only with a key",
            (await Invocation.RunAsync("judge", "serve", "--host", "0.0.0.0", "--port", "0")).Mistake());

    [Fact]
    public async Task A_broken_row_of_data_is_named_by_its_line()
    {
        var data = Write("pairs.jsonl", Pair + "\n" + Pair + "\n{\"question\": \"q\", \"resp\n");

        var line = (await Invocation.RunAsync("vote", "--model", "unused", "--data", data)).Mistake();

        Assert.StartsWith($"{data}:3: ", line);
    }

    [Fact]
    public async Task A_folder_without_a_model_is_named() =>
        Assert.StartsWith("--model nowhere: no config.json there", (await Vote("nowhere")).Mistake());

    [Fact]
    public async Task A_GPU_that_is_not_there_is_named_with_what_is()
    {
        var line = (await Vote(TinyModel.Write(_folder.At("model")), "--device", "cuda:97")).Mistake();

        Assert.Contains("cuda:97", line);
        Assert.Contains("not on this machine", line);
    }

    [Fact]
    public async Task A_model_of_another_family_is_refused_by_name()
    {
        var model = TinyModel.Write(_folder.At("model"));
        File.WriteAllText(Path.Combine(model, "config.json"), """{"model_type":"mamba","vocab_size":10}""");

        var line = (await Vote(model)).Mistake();

        Assert.Contains("config.json", line);
        Assert.Contains("mamba", line);
    }

    [Fact]
    public async Task Weights_that_are_cut_off_are_named()
    {
        var model = TinyModel.Write(_folder.At("model"));
        using (var weights = File.OpenWrite(Path.Combine(model, "model.safetensors")))
        {
            weights.SetLength(weights.Length - 100);
        }

        Assert.Contains("model.safetensors", (await Vote(model)).Mistake());
    }

    [Fact]
    public async Task Prompts_longer_than_the_model_are_refused_with_the_numbers()
    {
        var line = (await Vote(TinyModel.Write(_folder.At("model")), "--template", "r1-aspects")).Mistake();

        Assert.Contains(
            "1 of 1 pairs cannot be shown to the model with template r1-aspects and are in no figure; the first is "
            + "command-line: a prompt of ",
            line);
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_named() =>
        Assert.Contains(
            "no/such/folder",
            (
                await Vote(
                    TinyModel.Write(_folder.At("model")),
                    "--template",
                    "compact",
                    "--out",
                    _folder.At("no", "such", "folder", "votes.jsonl"))).Mistake());

    [Theory]
    [InlineData("teach: no such command or option. Run `r1reward --help`.", "teach")]
    [InlineData("--modle: no such command or option. Run `r1reward vote --help`.", "vote", "--modle", "x")]
    [InlineData("--order sideways: write random, both, as-is or gold-first. Run `r1reward eval --help`.", "eval",
        "--suite", "scenes", "--model", "x", "--order", "sideways")]
    [InlineData("--suite paintings: unknown. Write one of scenes, vl-rewardbench, mm-rlhf, ", "eval", "--suite",
        "paintings", "--model", "x")]
    [InlineData("vote: give either --data FILE, with --format or without, or --question", "vote", "--model", "x",
        "--question", "q")]
    [InlineData("--cache-gib: write a number of GiB above zero", "vote", "--model", "x", "--question", "q",
        "--response1", "a", "--response2", "b", "--cache-gib", "0")]
    [InlineData("--processes 2: write 1 or 3", "quickstart", "--config", "HOCON", "--processes", "2")]
    [InlineData("no summary.json there", "report", "nowhere")]
    [InlineData("teach: no such command or option", "help", "teach")]
    public async Task A_wrong_command_line_says_what_to_write(string expected, params string[] args)
    {
        var quickstart = Path.Combine(Fixtures.Repository, "hocon", "quickstart.conf");

        Assert.Contains(
            expected,
            (await Invocation.RunAsync([.. args.Select(arg => arg == "HOCON" ? quickstart : arg)])).Mistake());
    }

    private static Task<Invocation> Vote(string model, params string[] more) =>
        Invocation.RunAsync(

            [
                "vote",
                "--model",
                model,
                "--question",
                "q",
                "--response1",
                "a",
                "--response2",
                "b",
                "--k",
                "1",
                "--max-new-tokens",
                "2",
                .. more,
            ]);

    private string Write(string name, string text)
    {
        var path = _folder.At(name);
        File.WriteAllText(path, text);
        return path;
    }
}
