using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Conformance.Torch;

public sealed class FactoryTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void TypesFollowTheElementsUnlessNamed()
    {
        Assert.Equal(ScalarType.Float32, zeros(2).dtype);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Float32, arange(0, 1, 0.5).dtype);
        Assert.Equal(ScalarType.Int32, tensor(3).dtype);
        Assert.Equal(ScalarType.Int64, tensor(3L).dtype);
        Assert.Equal(ScalarType.Float64, tensor(new double[] { 1 }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true }).dtype);
        Assert.Equal(ScalarType.BFloat16, full([2], 1, bfloat16).dtype);
        Assert.Equal(ScalarType.Float32, tensor(new long[] { 1 }, dtype: float32).dtype);
        Assert.Equal(ScalarType.Float64, zeros_like(ones(2), float64).dtype);
    }

    [Fact]
    public void ATensorCopiesItsArrayAndFromArraySharesIt()
    {
        float[] data = [1, 2, 3, 4];
        var copied = tensor(data, [2, 2]);
        var shared = from_array(data);

        data[0] = 9;

        Assert.Equal(1f, copied[0, 0].item<float>());
        Assert.Equal(9f, shared[0].item<float>());
        Assert.Equal([2, 2], from_array(new float[2, 2]).shape);
        Assert.Throws<ArgumentException>(() => tensor(data, [3, 2]));
    }

    [Fact]
    public void FromBufferCountsInArrayElementsAndConverts()
    {
        int[] data = [1, 2, 3, 4];

        Assert.Equal([2, 3], frombuffer(data, int32, count: 2, offset: 1).data<int>().ToArray());
        Assert.Equal([3f, 4f], frombuffer(data, float32, offset: 2).data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => frombuffer(data, int32, offset: 4));
    }

    [Fact]
    public void AFileIsMappedFromByteZeroInAnyElementType()
    {
        var path = Path.GetTempFileName();
        try
        {
            var values = Enumerable.Range(0, 12).Select(i => (ushort)(BitConverter.SingleToUInt32Bits(i) >> 16)).ToArray();
            File.WriteAllBytes(path, MemoryMarshal.AsBytes<ushort>(values).ToArray());

            using var mapped = from_file(path, false, 12, bfloat16);

            var part = mapped.narrow(0, 4, 6).view(2, 3);
            Assert.Equal([4f, 5f, 6f, 7f, 8f, 9f], part.to(float32).data<float>().ToArray());
            Assert.ThrowsAny<ExternalException>(() => from_file(path + ".missing", false, 1, bfloat16));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void SeedsRepeatAndGeneratorsAreTheirOwn()
    {
        manual_seed(3);
        var first = randn(5);
        manual_seed(3);
        Assert.Equal(first, randn(5));

        using var generator = new Generator(7);
        var own = rand([4], generator: generator);
        generator.manual_seed(7);
        Assert.Equal(own, rand([4], generator: generator));
    }

    [Fact]
    public void RandomFillsKeepTheirRanges()
    {
        Assert.True(randint(2, 5, [100]).ge(2).logical_and(randint(2, 5, [100]).lt(5)).all().item<bool>());
        Assert.True((empty(100).exponential_() >= 0).all().item<bool>());
        Assert.True((empty(100).uniform_(2, 3) >= 2).all().item<bool>());
        Assert.InRange(empty(2000).normal_(5, 0.1).mean().item<float>(), 4.9f, 5.1f);
        Assert.Equal(0L, tensor(new float[] { 1, 0, 0 }).multinomial(1).item<long>());
        Assert.Equal(arange(10), randperm(10).sort().Values);
    }

    [Fact]
    public void BytesAndAccessorsReadAndWriteInPlace()
    {
        var x = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);

        MemoryMarshal.Cast<byte, float>(x.bytes)[3] = 8;
        using (var data = x.data<float>())
        {
            data[0, 1] = 5;
        }

        Assert.Equal([1f, 5f, 3f, 8f], x.data<float>().ToArray());
        Assert.Equal([1f, 3f, 5f, 8f], x.transpose(0, 1).data<float>().ToArray());
        Assert.Throws<InvalidOperationException>(() => x.transpose(0, 1).bytes.Length);
    }

    [Fact]
    public void ConversionGivesANewHandleOnTheSameMemory()
    {
        var x = ones(2);

        var same = x.to(float32);
        same.add_(1);

        Assert.NotSame(x, same);
        Assert.Equal(2f, x[0].item<float>());
        Assert.Equal(1f, x.to(float32, copy: true).sub_(1)[0].item<float>());
        Assert.Equal(2f, x[0].item<float>());
        Assert.Equal(ScalarType.BFloat16, x.bfloat16().dtype);
        Assert.Equal(1.0078125f, tensor(new[] { 1.005f }).bfloat16().to(float32).item<float>());
        Assert.Equal((BFloat16)2f, x.bfloat16()[0].item<BFloat16>());
        Assert.True(x.to(CPU).is_cpu());
    }

    [Fact]
    public void DevicesParseAndPrint()
    {
        Assert.Equal((DeviceType.CUDA, 1), (new Device("cuda:1").type, new Device("cuda:1").index));
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
        Assert.Equal("cpu", new Device("cpu").ToString());
        Assert.Throws<ArgumentException>(() => new Device("tpu"));
        Assert.Equal(cuda.is_available(), cuda.device_count() > 0);
        if (!cuda.is_available())
        {
            Assert.ThrowsAny<Exception>(() => ones(1).to(device("cuda:0")));
        }
    }

    [Fact]
    public void MetadataPrintsOnOneLine() =>
        Assert.Equal("[2x3], type = Float32, device = cpu", zeros(2, 3).ToString());

    [Fact]
    public void TypeLimitsAreTheUsualOnes()
    {
        Assert.Equal((float.MaxValue, 1.1920928955078125e-07), ((float)finfo(float32).max, finfo(float32).eps));
        Assert.Equal((65504.0, 16), (finfo(float16).max, finfo(float16).bits));
        Assert.Equal(3.3895313892515355e+38, finfo(bfloat16).max);
        Assert.Throws<ArgumentException>(() => finfo(int64));
    }
}
