using static R1Reward.Cli.Tests.Documentation.CommandCheck;

namespace R1Reward.Cli.Tests.Documentation;

/// <summary>How each documented command is checked. One that is not here fails the test.</summary>
internal static class CommandTable
{
    private const string TrainsElsewhere = "a training run like others that are run here, only longer";
    private const string TheTests = "runs the tests, of which this is one";
    private const string Cluster = "wants three hosts with GPUs";
    private const string Packed = "PackagesTests packs, installs, builds and runs it";
    private const string WasteWithLength =
        "./r1 train --config hocon/quickstart-waste.conf --name waste-length --set r1reward.run.seed=1 "
        + "--set r1reward.sft.enabled=off --set r1reward.model.path=runs/waste/checkpoints/sft "
        + "--set r1reward.rewards.aggregation=sum "
        + "--set 'r1reward.rewards.terms=[{type=r1},{type=length,max=70,slack=30,weight=0.3}]'";
    private const string Scores = "ScoreCommandTests scores with a model of its own";
    private const string Bench = "measures for minutes";

    private static readonly string[] Short = ["--max-new-tokens", "2", "--device", "cpu"];

    private static readonly string[] Tower =
    [
        "--set", "r1reward.model.init.vision.width=16", "--set", "r1reward.model.init.vision.heads=2",
        "--set", "r1reward.model.init.vision.intermediate-size=16", "--set", "r1reward.sft.alignment-steps=1",
    ];

    private static readonly string[] Ears =
    [
        "--set", "r1reward.model.init.audio.width=16", "--set", "r1reward.model.init.audio.heads=2",
        "--set", "r1reward.model.init.audio.intermediate-size=16", "--set", "r1reward.sft.alignment-steps=1",
    ];

    private static readonly string[] Sounds =
    [
        "--set", "r1reward.model.path=", "--set", "r1reward.rl.steps=0", "--set", "r1reward.srm.steps=2",
        "--set", "r1reward.model.init.audio.enabled=on", "--set", "r1reward.model.init.audio.width=16",
        "--set", "r1reward.model.init.audio.heads=2", "--set", "r1reward.model.init.audio.intermediate-size=16",
        "--set", "r1reward.model.init.audio.seconds=1", "--set", "r1reward.data.heldout-share=0.3",
        "--set", "r1reward.data.train=media-pairs:data/sounds/pairs.jsonl",
        "--set", "r1reward.srm.num-train-epochs=0", "--set", "r1reward.srm.batch-size=4",
    ];

    private static readonly string[] Videos =
    [
        "--set", "r1reward.model.path=", "--set", "r1reward.rl.steps=0", "--set", "r1reward.srm.steps=2",
        "--set", "r1reward.model.init.vision.enabled=on",
        "--set", "r1reward.model.init.vision.family=qwen3_vl", "--set", "r1reward.model.init.vision.width=16",
        "--set", "r1reward.model.init.vision.heads=2", "--set", "r1reward.model.init.vision.intermediate-size=16",
        "--set", "r1reward.model.media.min-pixels=4096", "--set", "r1reward.data.heldout-share=0.3",
        "--set", "r1reward.data.train=media-pairs:data/videos/pairs.jsonl",
        "--set", "r1reward.srm.num-train-epochs=0", "--set", "r1reward.srm.batch-size=4",
    ];

    /// <summary>The checks by command.</summary>
    public static IReadOnlyDictionary<string, CommandCheck> Checks { get; } = new Dictionary<string, CommandCheck>
    {
        ["./r1 quickstart"] = new Parsed("ProgramEndTests runs it with tiny settings"),
        ["./r1 quickstart --seed N"] = new Parsed("ProgramEndTests runs it with tiny settings"),
        ["./r1 quickstart --processes 3"] = new Parsed("LostNodeTests runs it with tiny settings"),
        ["./r1 quickstart --processes 3 --set r1reward.learner.ranks=2"] =
            new Parsed("LostLearnerTests runs it with tiny settings"),
        ["./r1 quickstart --set r1reward.learner.devices=cpu,cpu --set r1reward.learner.ranks=2"] =
            new Parsed("LearnersRunTests runs it with tiny settings"),
        ["./r1 --help"] = new Run(),
        ["./r1 config show --config my.conf"] = new Run(),
        ["./r1 train --config my.conf"] = new Run("--plain"),
        ["./r1 train --config my.conf --set r1reward.rl.steps=100"] = new Parsed(TrainsElsewhere),
        ["./r1 train --config my.conf --set r1reward.model.path=DIR --set r1reward.model.lora.enabled=on"] =
            new Run("--plain", "--name", "adapter"),
        ["./r1 train --config hocon/quickstart-vl.conf"] = new TinyRun(Tower),
        ["./r1 train --config hocon/quickstart-audio.conf"] = new TinyRun(Ears),
        ["./r1 train --config examples/own-template/run.conf"] = new TinyRun(),
        ["dotnet build examples/own-reward -c Release && ./r1 train --config examples/own-reward/run.conf"] =
            new Parsed("RewardManualTests builds the class and its term"),
        ["./r1 vote --model DIR --data pairs.jsonl"] = new Run(Short),
        ["./r1 vote --model runs/quickstart-1/checkpoints/step-20 --k 15 --data pairs.jsonl"] = new Run(Short),
        ["""./r1 vote --model DIR --question "..." --response1 "..." --response2 "..." """.TrimEnd()] = new Run(Short),
        ["./r1 vote --model DIR --adapter ADAPTER --data pairs.jsonl"] = new Run(Short),
        ["./r1 eval --suite vl-rewardbench --data vl_rewardbench.jsonl --model DIR --order both --save results/DIR"] =
            new Run(Short),
        ["./r1 eval --suite vl-rewardbench --data vl_rewardbench.jsonl --model DIR --k 5 --order both "
            + "--save results/vl"] = new Run(Short),
        ["./r1 eval --suite vl-rewardbench --data vl_rewardbench.jsonl --model DIR --num-chunks 4 --chunk-idx 0 "
            + "--save vl-0"] = new Run(Short),
        ["./r1 eval --suite vl-rewardbench --judged vl-*/results.jsonl"] =
            new Parsed("EvalCommandTests puts chunks together"),
        ["./r1 eval --suite dataset --data pairs.jsonl --model DIR --json"] = new Run(Short),
        ["./r1 eval --suite judgebench --judged judged.jsonl"] = new Run(),
        ["./r1 report results/vl"] = new Parsed("EvalCommandTests reports on a folder of its own"),
        ["./r1 eval --order both"] = new Fragment("options, not a whole command"),
        ["./r1 data scenes --pairs 1000 --traces --out data/scenes"] = new Run(),
        ["./r1 data scenes --pairs 200000 --out rows"] = new Parsed("as ./r1 data scenes, run above"),
        ["./r1 data validate pairs.jsonl"] = new Run(),
        ["./r1 vote --model DIR --data pairs:pairs.jsonl,preference:more.jsonl"] = new Run(Short),
        ["./r1 eval --suite dataset --data pairs:pairs.jsonl,preference:more.jsonl --model DIR"] = new Run(Short),
        ["./r1 data validate hpdv3:HPDv3/train.json,rapidata-t2v:rapidata/t2v/data.parquet --json"] =
            new Parsed("names sets that do not come with the program"),
        ["./r1 train --config hocon/srm.conf"] = new Parsed("ScalarRunTests runs it with tiny settings"),
        ["""./r1 score --model runs/srm/checkpoints/srm --prompt "How many red circles are there?" --response 2 """
            + "--response 3"] = new Parsed(Scores),
        ["""./r1 score --model runs/grm-sft/checkpoints/sft --prompt "How many red circles are there?" --response 2 """
            + "--response 3"] = new Run(Short),
        ["./r1 score rows.jsonl --model DIR"] = new Run([.. Short, "--k", "1"]),
        ["./r1 serve rewards --model DIR"] = new Served("/health"),
        ["./r1 train --config hocon/video-srm.conf"] = new TinyRun(Videos),
        ["./r1 train --config hocon/audio-srm.conf"] = new TinyRun(Sounds),
        ["./r1 train --config hocon/grm-sft.conf"] = new TinyRun(),
        ["./r1 train --config hocon/grm-answers.conf"] = new TinyRun(),
        ["./r1 data scenes --pairs 2000 --heldout 256 --out data/task"] = new Run(),
        ["./r1 judge serve --port 8000 --mistake-rate 0.5"] = new Served("/v1/models"),
        ["./r1 annotate data/task/train.jsonl --config hocon/teacher.conf --out data/annotated"] = new Taught(),
        ["./r1 train --config hocon/curriculum-sft.conf"] = new TinyRun(),
        ["./r1 train --config hocon/curriculum-rl.conf"] = new TinyRun(),
        ["./r1 tokenizer train --data data/scenes/train.jsonl --vocabulary 512 --out data/tokenizer"] = new Run(),
        ["./r1 model convert pytorch_model.bin --out DIR/model.safetensors"] =
            new Parsed("ModelCommandTests converts weights"),
        ["./r1 model inspect DIR"] = new Run(),
        ["./r1 model inspect DIR --ranks 8"] = new Run(),
        ["r1reward model inspect DIR"] = new Run(),
        ["./r1 model merge DIR --adapter ADAPTER --out MERGED"] = new Run(),
        ["r1reward model merge DIR --adapter ADAPTER --out MERGED"] = new Parsed("as ./r1 model merge, run above"),
        ["./r1 bench rollout"] = new Parsed(Bench),
        ["./r1 bench rollout --parts 1 --threads 1"] = new Parsed(Bench),
        ["./r1 bench rollout --parts 1 --threads 1 --dtype bfloat16"] = new Parsed(Bench),
        ["./r1 bench rollout --batch-invariant --rounds 3"] = new Parsed(Bench),
        ["./r1 bench rollout --rounds 5"] = new Parsed(Bench),
        ["./r1 bench train"] = new Parsed(Bench),
        ["./r1 bench train --shape tiny --rounds 15"] = new Parsed(Bench),
        ["./r1 bench train --threads 1"] = new Parsed(Bench),
        ["./r1 bench train --shape tiny --threads 1 --rounds 3 --micro-batch-tokens 2048"] = new Parsed(Bench),
        ["./r1 bench step"] = new Parsed(Bench),
        ["./r1 bench step --shape tiny --threads 1"] = new Parsed(Bench),
        ["./r1 bench step --shape tiny --batch-invariant --rounds 3"] = new Parsed(Bench),
        ["./r1 bench score"] = new Parsed(Bench),
        ["./r1 bench messages"] = new Parsed(Bench),
        ["./r1 bench tokenizer"] = new Parsed(Bench),
        ["./r1 report runs/quickstart-1"] = new Run(),
        ["./r1 report runs/quickstart-1 --timeline"] = new Run(),
        ["./r1 report runs/quickstart-1 runs/quickstart-2"] = new Run(),
        ["./r1 judge serve"] = new Served("/v1/models"),
        ["./r1 judge serve --port 8000"] = new Served("/v1/models"),
        ["./r1 serve grm --model DIR"] = new Served("/v1/models"),
        ["./r1 serve grm --model runs/quickstart-1/checkpoints/step-20 --port 8001"] = new Served("/v1/models"),
        ["./r1 serve rewards"] = new Served("/health"),
        ["./r1 serve rewards --dataset rl.jsonl"] = new Served("/health"),
        ["./r1 serve rewards --config my.conf --dataset rl.jsonl --port 20240"] = new Served("/health"),
        ["""printf '%s\n' '{"question":"2 + 2?","response1":"4","response2":"5","label":"first"}' >pairs.jsonl"""] =
            new Shell(),
        ["./r1 node --config hocon/cluster/host-a.conf"] = new Parsed(Cluster),
        ["./r1 train --submit --config hocon/cluster/run.conf"] = new Parsed(Cluster),
        ["./r1 cluster status --config hocon/cluster/run.conf"] = new Parsed(Cluster),
        ["./r1 cluster status --config hocon/cluster/run.conf --json"] = new Parsed(Cluster),
        ["./r1 cluster leave 10.0.0.2:4053 --config hocon/cluster/run.conf"] = new Parsed(Cluster),
        ["./r1 cluster down 10.0.0.3:4053 --config hocon/cluster/run.conf"] = new Parsed(Cluster),
        ["./r1 config show --config hocon/cluster/host-a.conf"] = new Parsed(Cluster),
        ["./r1 cluster certs"] = new Fragment("a name of the command, which stands in full in docs/configuration.md"),
        ["./r1 cluster certs --out certs --hosts node1,node2,10.0.0.3"] = new Run(),
        ["R1_TORCH=cuda ./r1 setup"] = new Script("r1", "downloads the CUDA libraries"),
        ["./r1 setup"] = new Script("r1", "builds the program that these tests were built with"),
        ["./r1 test"] = new Parsed(TheTests),
        ["./r1 test --slow"] = new Parsed(TheTests),
        ["./r1 test --filter FullyQualifiedName~Policy"] = new Parsed(TheTests),
        ["./r1 test --filter Category=Reference"] = new Parsed(TheTests),
        ["./r1 test --slow --filter FullyQualifiedName~LoadingMemory"] = new Parsed(TheTests),
        ["./r1 config show --config FILE"] = new Parsed("run above with my.conf"),
        ["./r1 train --config hocon/quickstart-waste.conf --set r1reward.run.seed=1"] = new Parsed(TrainsElsewhere),
        ["./r1 train --config hocon/vl-rewardbench.conf --set r1reward.data.train=PATH/vl_rewardbench.jsonl"] =
            new Parsed(TrainsElsewhere),
        [WasteWithLength] = new Parsed(TrainsElsewhere),
        ["dotnet pack -c Release -o packages"] = new Script("R1Reward.sln", Packed),
        ["dotnet tool install --global r1reward --add-source \"$PWD/packages\""] =
            new Script("src/Cli/R1Reward.Cli.csproj", Packed),
        ["dotnet build examples/own-program -c Release -p:RestoreAdditionalProjectSources=\"$PWD/packages\""] =
            new Script("examples/own-program/OwnProgram.csproj", Packed),
        ["""dotnet examples/own-program/bin/Release/net10.0/OwnProgram.dll vote DIR "2 + 2?" 4 5"""] =
            new Script("examples/own-program/OwnProgram.csproj", Packed),
        ["dotnet run -c Release --project bench/cluster"] = new Script("bench/cluster/cluster.csproj", Bench),
        ["dotnet run -c Release --project bench/cluster -- slow"] = new Script("bench/cluster/cluster.csproj", Bench),
        ["dotnet run -c Release --project bench/learners -- ring"] =
            new Script("bench/learners/learners.csproj", Bench),
        ["dotnet run -c Release --project bench/learners -- step tiny"] =
            new Script("bench/learners/learners.csproj", Bench),
        ["dotnet run -c Release --project bench/learners -- step 40m"] =
            new Script("bench/learners/learners.csproj", Bench),
        ["dotnet run -c Release --project bench/learners -- step tiny parameters"] =
            new Script("bench/learners/learners.csproj", Bench),
        ["dotnet run -c Release --project bench/learners -- check cuda"] =
            new Script("bench/learners/learners.csproj", Bench),
        ["dotnet run -c Release --project bench/learners -- step 40m cuda"] =
            new Script("bench/learners/learners.csproj", Bench),
        ["dotnet run -c Release --project bench/learners -- step 0.5b cuda"] =
            new Script("bench/learners/learners.csproj", Bench),
        ["bench/up/run"] = new Script("bench/up/run", Bench),
        ["bench/disk/run"] = new Script("bench/disk/run", Bench),
        ["bench/soak/run"] = new Script("bench/soak/run", Bench),
        ["bench/soak/cluster"] = new Script("bench/soak/cluster", Bench),
        ["bench/kills/run --phases all"] = new Script("bench/kills/run", Bench),
        ["bench/kills/run --trials N --seed FIRST"] = new Script("bench/kills/run", Bench),
        ["bench/partitions/run --trials N --seed FIRST"] = new Script("bench/partitions/run", Bench),
        ["bench/overlap/run"] = new Script("bench/overlap/run", Bench),
        ["bench/overlap/pipeline"] = new Script("bench/overlap/pipeline", Bench),
        ["bench/srm/run"] = new Script("bench/srm/run", Bench),
        ["bench/stability/run"] = new Script("bench/stability/run", Bench),
        ["bench/stability/run --seeds 1 --steps 5"] = new Script("bench/stability/run", Bench),
        ["""curl ... '{..., "vote_k": 15}'"""] = new Fragment("the request above it, with one more field"),
    };
}
