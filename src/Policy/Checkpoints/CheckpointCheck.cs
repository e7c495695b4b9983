using R1Reward.Data;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;
using R1Reward.Policy.Safetensors;

namespace R1Reward.Policy.Checkpoints;

/// <summary>Compares the weights of a folder with those that its configuration asks for.</summary>
internal static class CheckpointCheck
{
    /// <summary>Names that one message holds: more of them would not help the reader.</summary>
    private const int MaxNames = 60;

    /// <summary>Compares names and shapes.</summary>
    /// <param name="files">The folder's weights.</param>
    /// <param name="config">The model.</param>
    /// <param name="beside">Weights beside the model's own that have to be there, too.</param>
    /// <exception cref="UserErrorException">All differences, by name.</exception>
    internal static void Run(CheckpointFiles files, ModelConfig config, IReadOnlyList<ParameterSpec> beside)
    {
        ParameterSpec[] specs = [.. ModelLayout.Specs(config), .. beside];
        string[] problems =
        [
            .. Missing(files, specs),
            .. OtherShapes(files, specs),
            .. OtherFormats(files, specs),
            .. Surplus(files, specs, config),
            .. Twice(files),
        ];
        if (problems.Length > 0)
        {
            var more = problems.Length > MaxNames ? $"; and {problems.Length - MaxNames} more" : "";
            var named = string.Join("; ", problems.Take(MaxNames));
            throw new UserErrorException($"{files.Directory}: the weights do not fit config.json: {named}{more}");
        }
    }

    private static IEnumerable<string> Missing(CheckpointFiles files, IEnumerable<ParameterSpec> specs) =>
        specs.Where(spec => !files.Tensors.Contains(spec.Name)).Select(spec => spec.Name + " is missing");

    private static IEnumerable<string> OtherShapes(CheckpointFiles files, IEnumerable<ParameterSpec> specs)
    {
        foreach (var spec in specs)
        {
            foreach (var (entry, _) in files.Tensors[spec.Name])
            {
                if (!entry.Shape.SequenceEqual(spec.Shape))
                {
                    var found = string.Join(", ", entry.Shape);
                    var expected = string.Join(", ", spec.Shape);
                    yield return $"{entry.Name} is [{found}], config.json asks for [{expected}]";
                }
            }
        }
    }

    /// <summary>Whole numbers are indices or quantised weights, and no weights of this model.</summary>
    private static IEnumerable<string> OtherFormats(CheckpointFiles files, IEnumerable<ParameterSpec> specs) => specs
        .SelectMany(spec => files.Tensors[spec.Name])
        .Where(tensor => !TensorFormat.IsFloating(tensor.Entry.Dtype))
        .Select(tensor => $"{tensor.Entry.Name} holds {TensorFormat.Get(tensor.Entry.Dtype).Name}, no weights");

    /// <summary>
    /// Weights that the model has no place for; an output layer that is tied or not wanted may be in the files and is
    /// not read.
    /// </summary>
    private static IEnumerable<string> Surplus(
        CheckpointFiles files,
        IEnumerable<ParameterSpec> specs,
        ModelConfig config)
    {
        var known = specs.Select(spec => spec.Name).ToHashSet();
        if (config.LabelCount == 0 && (config.TieWordEmbeddings || !config.HasOutput))
        {
            known.Add(ModelLayout.Head);
        }

        return files.Tensors.Where(group => !known.Contains(group.Key))
            .Select(group => group.First().Entry.Name + " is not part of this model");
    }

    /// <summary>Weights that are there under two spellings of one name.</summary>
    private static IEnumerable<string> Twice(CheckpointFiles files) => files.Tensors
        .Where(group => group.Skip(1).Any())
        .Select(group => string.Join(" and ", group.Select(tensor => tensor.Entry.Name)) + " are the same weight");
}
