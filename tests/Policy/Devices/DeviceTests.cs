using R1Reward.Data;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Devices;

// The number of threads is the whole process's, and with it sums change their last bits.
[Collection(nameof(GradientCheckpointingTests))]
public sealed class DeviceTests
{
    [Theory]
    [InlineData("cuda:2", 0, "no GPU")]
    [InlineData("cuda:2", 2, "cuda:0 to cuda:1")]
    [InlineData("cuda:1", 1, "cuda:0 only")]
    [InlineData("gpu", 2, "auto, cpu or cuda:N")]
    [InlineData("cuda:-1", 2, "auto, cpu or cuda:N")]
    public void A_device_that_is_not_there_is_refused_with_what_is(string setting, int gpus, string named)
    {
        var error = Assert.Throws<UserErrorException>(() => DeviceSelector.Select(setting, gpus));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Auto_takes_the_first_gpu_and_else_the_processor()
    {
        Assert.Equal(DeviceType.CPU, DeviceSelector.Select("auto", 0).type);
        var first = DeviceSelector.Select("auto", 2);
        Assert.Equal((DeviceType.CUDA, 0), (first.type, first.index));
        Assert.Equal(1, DeviceSelector.Select("cuda:1", 2).index);
    }

    [Fact]
    public void All_of_a_host_are_its_gpus_or_else_the_processor()
    {
        Assert.Equal(["cpu"], DeviceSelector.AllOfHost(0));
        Assert.Equal([0, 1, 2], DeviceSelector.AllOfHost(3).Select(name => DeviceSelector.Select(name, 3).index));
    }

    [Fact]
    public void A_number_format_is_taken_by_name_or_follows_the_device()
    {
        Assert.Equal(ScalarType.Float32, DtypeProbe.Select("float32", CPU));
        Assert.Equal(ScalarType.BFloat16, DtypeProbe.Select("BFloat16", CPU));
        Assert.Equal(ScalarType.Float32, DtypeProbe.Select("auto", CPU));
        Assert.Equal(ScalarType.BFloat16, DtypeProbe.Select("auto", new Device(DeviceType.CUDA, 0)));
        Assert.Throws<UserErrorException>(() => DtypeProbe.Select("float8", CPU));
        Assert.Equal(ScalarType.Float16, DtypeProbe.Select("float16", new Device(DeviceType.CUDA, 0)));
        var onCpu = Assert.Throws<UserErrorException>(() => DtypeProbe.Select("float16", CPU)).Message;
        Assert.Equal("dtype \"float16\" wants a GPU; on a CPU use float32", onCpu);
    }

    [Fact]
    public async Task Work_runs_in_order_on_one_thread_that_survives_a_failure()
    {
        using var thread = new TorchThread("test", 1);
        var order = new List<int>();
        var first = thread.Run(() => { order.Add(1); return Environment.CurrentManagedThreadId; });
        var failing = thread.Run(() => throw new InvalidOperationException("no"));
        var second = thread.Run(() => { order.Add(2); return Environment.CurrentManagedThreadId; });
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal(await first, await second);
        Assert.NotEqual(Environment.CurrentManagedThreadId, await first);
        Assert.Equal([1, 2], order);
    }
}
