import 'reflect-metadata';
import { createHmac } from 'node:crypto';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Module,
  Param,
  Post,
  type RawBodyRequest,
  Req,
  Res,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PaymentMethods } from 'attach-payment-method';
import { webhookHandler } from 'attach-payment-method/stripe';
import type { Request as ExpressRequest, Response as ExpressResponse } from 'express';
import { PaymentMethodsModule } from './paymentMethodsModule.js';

const secret = 'whsec_example';

@Controller('cards')
class CardsController {
  constructor(@Inject(PaymentMethods) private readonly paymentMethods: PaymentMethods) {}

  @Post(':id')
  @HttpCode(200)
  async attach(@Param('id') paymentMethodId: string, @Body() body: { readonly customer: string }) {
    const { outcome } = await this.paymentMethods.attach({
      paymentMethodId,
      customer: body.customer,
      attemptId: `card-${paymentMethodId}`,
      actor: 'user-7',
    });
    return { outcome };
  }

  @Get(':id')
  async show(@Param('id') paymentMethodId: string) {
    return { status: (await this.paymentMethods.history(paymentMethodId)).state.status };
  }
}

@Controller('stripe')
class WebhooksController {
  private readonly handle: ReturnType<typeof webhookHandler>;

  constructor(@Inject(PaymentMethods) paymentMethods: PaymentMethods) {
    this.handle = webhookHandler({ paymentMethods, secrets: [secret] });
  }

  @Post('webhooks')
  async receive(@Req() request: RawBodyRequest<ExpressRequest>, @Res() response: ExpressResponse): Promise<void> {
    // The signature is over the bytes as they arrived, which `rawBody: true` keeps.
    const headers = { 'stripe-signature': request.get('stripe-signature') ?? '' };
    const body = new Uint8Array(request.rawBody ?? []);
    const { status } = await this.handle(new Request('http://host/', { method: 'POST', headers, body }));
    response.sendStatus(status);
  }
}

@Module({ imports: [PaymentMethodsModule], controllers: [CardsController, WebhooksController] })
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true, logger: ['error'] });
app.enableShutdownHooks(); // a SIGTERM closes in order too
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();

const json = { 'content-type': 'application/json' };
const card = `${url}/cards/pm_1MqM05LkdIwHu7ixlDxxO6Mc`;
const body = JSON.stringify({ customer: 'cus_NbZ8Ki3f322LNn' });
console.log(await (await fetch(card, { method: 'POST', headers: json, body })).json());
console.log(await (await fetch(card)).json());

const created = Math.floor(Date.now() / 1000);
const event = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'balance.available',
  created,
  livemode: false,
  data: { object: {} },
});
for (const key of [secret, 'whsec_wrong']) {
  const signature = createHmac('sha256', key).update(`${created}.${event}`).digest('hex');
  const headers = { ...json, 'stripe-signature': `t=${created},v1=${signature}` };
  console.log('delivered', (await fetch(`${url}/stripe/webhooks`, { method: 'POST', headers, body: event })).status);
}
await app.close();
