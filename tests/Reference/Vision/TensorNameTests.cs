using Newtonsoft.Json.Linq;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using Xunit;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>The names and shapes of a model's weights are those of published files.</summary>
public sealed class TensorNameTests
{
    [ReferenceTheory("vision-audio", "tensor-names-*")]
    public void Layout(string name)
    {
        var expected = (JObject)VisionCase.Open(name).Json["names"]!;
        var config = ModelConfig.Load(VisionModels.FolderWith(expected)!);
        Assert.Equal(
            expected
                .Properties()
                .Select(property => $"{property.Name} [{string.Join(", ", property.Value["shape"]!)}]")
                .Order(),
            ModelLayout.Specs(config)
                .Select(spec => $"{TensorNames.InFile(spec.Name, config)} [{string.Join(", ", spec.Shape)}]")
                .Order());
    }
}
